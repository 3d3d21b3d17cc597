// dynalite's process: runs its server at the port that is named, with its data in memory or in the folder that is named,
// until standard input closes.
const [home, port, path] = process.argv.slice(2);
process.stdin.resume().on("end", () => process.exit());
require(home)({ path, createTableMs: 0, deleteTableMs: 0 }).listen(Number(port), "127.0.0.1");
