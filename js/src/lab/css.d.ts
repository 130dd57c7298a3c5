declare module "*.css" {
  /** The style sheet with all that it imports, as text; `build.mjs` makes it. */
  const text: string;
  export default text;
}
