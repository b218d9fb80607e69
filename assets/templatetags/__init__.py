"""Tags of the pages of this app. 中文：模板标签"""
