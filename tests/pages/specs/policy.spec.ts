// What the pages may do, and what others may do with them.

import { expect, signIn, test } from "../src/test.ts";

for (const path of ["/", "/docs"]) {
  test(`the policy of ${path} allows this server, and nothing that is written into a page`, async ({
    demo,
  }) => {
    const { headers } = await fetch(`${demo.url}${path}`);
    const policy = headers.get("content-security-policy") ?? "";
    const rules = new Map(
      policy.split(";").map((rule) => {
        const [name = "", ...values] = rule.trim().split(/\s+/);
        return [name, values.join(" ")] as const;
      }),
    );
    expect(rules.get("default-src")).toBe("'none'");
    expect(rules.get("frame-ancestors")).toBe("'none'");
    expect(rules.get("base-uri")).toBe("'none'");
    expect(rules.get("form-action")).toBe("'none'");
    expect(rules.get("require-trusted-types-for")).toBe("'script'");
    expect(rules.get("trusted-types")).toBe("'none'");
    for (const name of ["script-src", "style-src", "connect-src", "img-src"]) {
      expect(rules.get(name), name).toBe("'self'");
    }
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });
}

test("a browser refuses what would get past the policy", async ({ browser, tenant }) => {
  // Not watched: the violations are what is asked for.
  const page = await browser.newPage();
  await signIn(page, tenant);
  const refused = await page.evaluate(async () => {
    const violated = new Set<string>();
    document.addEventListener("securitypolicyviolation", (event) => {
      violated.add(event.effectiveDirective);
    });
    const tries: (() => unknown)[] = [
      () => {
        document.body.innerHTML = "<b>markup</b>";
      },
      () =>
        document.body.appendChild(Object.assign(document.createElement("img"), { src: "data:," })),
      () => {
        const style = document.createElement("style");
        style.textContent = "* { display: none }";
        document.head.append(style);
      },
      () => fetch("http://127.0.0.1:9/").catch(() => undefined),
    ];
    for (const attempt of tries) {
      try {
        await attempt();
      } catch {
        // Trusted Types throw as well.
      }
    }
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return [...violated].sort();
  });
  expect(refused).toEqual([
    "connect-src",
    "img-src",
    "require-trusted-types-for",
    "style-src-elem",
  ]);
  await page.close();
});

test("no other page shows them in a frame", async ({ browser, demo }) => {
  const page = await browser.newPage();
  await page.setContent(`<iframe src="${demo.url}/"></iframe>`);
  const frame = page.frames()[1];
  await expect.poll(() => frame?.url()).toMatch(/^chrome-error:/);
  await page.close();
});
