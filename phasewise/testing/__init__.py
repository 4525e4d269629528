"""The kit that authors of connectors use: contract suite, fault server, replay."""
