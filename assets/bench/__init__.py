"""What `./run bench assets` measures: a county's assets with five years of upkeep. 中文：资产与管护测量"""
