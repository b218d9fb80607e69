"""Pages of income. 中文：收益页面"""
