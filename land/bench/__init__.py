"""What `./run bench land` measures: made ground, the product's way, and its peers. 中文：土地叠加测量"""
