/** The page's document in a static copy, with the content security policy that the server sends as a header. */

/**
 * As strict as the server's: nothing from elsewhere, nothing inline, no text taken for code. The page may ask nothing at all (`connect-src`
 * falls to 'none'), and scripts get their address from one policy, which knows data files only. `file:` stands for 'self' where a browser
 * has no 'self' for a page opened from a folder; a page from a web server is let load nothing more by it. What a meta element cannot say
 * (no frame around the page) the script sees to.
 */
export const copyPolicy = [
  "default-src 'none'",
  "script-src 'self' file:",
  "style-src 'self' file:",
  "img-src 'self' file: data:",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types automem-copy",
].join("; ");

/** No text of the data stands in it. */
export const copyHtml = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${copyPolicy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    <title>automem</title>
    <link rel="icon" href="icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="page.css" />
    <script defer src="page.js"></script>
  </head>
  <body>
    <div id="page"></div>
    <noscript>This page needs JavaScript.</noscript>
  </body>
</html>
`;
