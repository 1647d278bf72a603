"""The line to a scanner for malware, and what becomes of files by what it says."""
