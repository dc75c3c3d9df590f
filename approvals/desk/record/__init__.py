"""The record of a version: everything that was said, decided and signed about it, as PDF and JSON.

The JSON twin is written inside the act that asks for it, and the act's event names its SHA-256;
the PDF is made of that JSON alone, later, in a child process, and kept where what is derived is.
"""
