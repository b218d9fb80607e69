"""What `./run bench land` measures: made ground, the product's way over it, and its peers. 中文：土地叠加测量"""
