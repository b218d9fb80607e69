"""Files of income that come in. 中文：收益导入"""
