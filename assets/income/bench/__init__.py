"""`./run bench income`: made-up receivables and bank lines whose truth is known. 中文：对账性能测量"""
