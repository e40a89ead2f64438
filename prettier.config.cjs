// Layout of JavaScript and XML. scripts/lint adds the XML plugin, because it keeps the
// tools outside of the checkout's node_modules.
module.exports = {
  bracketSpacing: false,
  printWidth: 88,
  tabWidth: 4,
  trailingComma: "es5",
  xmlWhitespaceSensitivity: "preserve",
  overrides: [{files: ["*.cjs", "*.json", "*.yml", "*.md"], options: {tabWidth: 2}}],
};
