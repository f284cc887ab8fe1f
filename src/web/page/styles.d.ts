/** Style sheets that modules bring along; the bundler puts them into the page's. */
declare module "*.css";
