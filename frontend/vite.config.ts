import { defineConfig } from "vite";

// Fixed names: Django's manifest storage puts the hash on when it collects static files.
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/tactful/web/static/build",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    target: "es2022",
    // light-dark(), nesting and layers stay as written; browsers since 2024 know them.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    rollupOptions: {
      input: { tactful: "src/main.ts", portal: "src/portal.ts", snippet: "src/snippet.ts" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: (asset) =>
          asset.names.some((name) => name.endsWith(".woff2")) ? "fonts/[name][extname]" : "[name][extname]",
      },
    },
  },
});
