"""What reads the facts of income. 中文：收益查询"""
