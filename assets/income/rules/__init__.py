"""Rules on income. 中文：收益规则"""
