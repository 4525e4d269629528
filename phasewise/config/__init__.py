"""The settings: one TOML file, the environment, secret files."""
