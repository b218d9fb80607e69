"""Rules: what the facts are held against."""

from .base import Context, Outcome, Row, Rule, Scope, all_rules, get, register, rules_on

__all__ = ["Context", "Outcome", "Row", "Rule", "Scope", "all_rules", "get", "register", "rules_on"]
