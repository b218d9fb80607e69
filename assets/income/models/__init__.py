"""Tables of income. 中文：收益数据表"""
