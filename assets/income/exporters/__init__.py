"""Files of income that go out. 中文：收益导出"""
