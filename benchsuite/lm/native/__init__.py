"""Kernels in C for CPUs with AVX-512's products of bf16, and what calls them."""
