"""Matching of money to receivables, over plain rows: no database, no clock. 中文：对账算法

``engine.settle`` decides what is unique and explained, ``suggest.suggestions`` ranks what is left for a
person. Amounts are whole fen, days are ordinals, months are counted from the year 0.
"""
