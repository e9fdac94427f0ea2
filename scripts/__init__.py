"""The project's own commands: artifacts, local chains, demo, benchmark and brownie's deployment scripts."""
