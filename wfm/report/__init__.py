"""What people see: the first screen, the report, files for other tools, and a plan that shows itself."""
