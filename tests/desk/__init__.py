"""The desk: real nodes, a real listener, real sessions; a browser where there is one."""
