import assert from "node:assert/strict";
import { test } from "node:test";
import { page, plain } from "../pages";

const made = page({
  title: '<b>"x"',
  origin: "https://panel",
  script: "https://panel/run.js",
  style: "https://panel/panel.css",
  body: "<main></main>",
});

test("a page loads only from the extension, and runs no script that is in its text", () => {
  assert.match(made, /default-src &#39;none&#39;; script-src https:\/\/panel; style-src https:\/\/panel"/);
  assert.doesNotMatch(made, /unsafe|connect-src|<script>/);
});

test("a title is text", () => {
  assert.match(made, /<title>&lt;b&gt;&quot;x&quot;<\/title>/);
});

test("a sentence in Markdown is shown as it is", () => {
  assert.equal(plain("[a](command:b) *c* <d>"), "\\[a\\]\\(command:b\\) \\*c\\* \\<d\\>");
});
