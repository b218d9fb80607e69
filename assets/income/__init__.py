"""Income of assets: contracts, dues, bank lines, matching, distribution, month-end. 中文：资产收益"""
