"""The record through the API, under `/audit`."""
