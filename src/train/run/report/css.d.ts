/** The bundle contains style sheets as strings. */
declare module '*.css' {
  const text: string;
  export default text;
}
