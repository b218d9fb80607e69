"""What changes the facts of income. 中文：收益办理"""
