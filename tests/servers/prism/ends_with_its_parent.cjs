// Loaded before Prism: whoever started it holds its standard input open. That closes when they end, however they end.
process.stdin.on("end", () => process.exit(0)).on("error", () => process.exit(0)).resume();
