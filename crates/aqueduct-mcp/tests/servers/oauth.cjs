// An authorization server and an MCP server that it protects, by the official SDK for TypeScript. The first argument is a file
// in whose node_modules that is. What the tests do to it: POST /test/revoke, /test/revoke-all, /test/short, /test/deny; what
// happened: GET /test.
const { createRequire } = require("node:module");
const { randomUUID } = require("node:crypto");
const load = createRequire(process.argv[2]);
const express = load("express");
const { mcpAuthRouter } = load("@modelcontextprotocol/sdk/server/auth/router.js");
const { requireBearerAuth } = load("@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js");
const { InvalidGrantError, InvalidTokenError } = load("@modelcontextprotocol/sdk/server/auth/errors.js");
const { McpServer } = load("@modelcontextprotocol/sdk/server/mcp.js");
const { StreamableHTTPServerTransport } = load("@modelcontextprotocol/sdk/server/streamableHttp.js");

const clients = new Map();
const codes = new Map();
const access = new Map();
const refresh = new Map();
const happened = { registrations: 0, exchanges: 0, refreshes: 0, resources: [] };
let lifetime = 3600;
let denies = false;

const issue = (clientId, scopes) => {
  const tokens = { access_token: `access-${randomUUID()}`, refresh_token: `refresh-${randomUUID()}` };
  access.set(tokens.access_token, { clientId, scopes });
  refresh.set(tokens.refresh_token, { clientId, scopes });
  return { ...tokens, token_type: "bearer", expires_in: lifetime, scope: scopes.join(" "), id_token: "id-token-secret" };
};

const provider = {
  clientsStore: {
    getClient: (id) => clients.get(id),
    registerClient: (client) => {
      happened.registrations += 1;
      clients.set(client.client_id, client);
      return client;
    },
  },
  async authorize(client, params, res) {
    const target = new URL(params.redirectUri);
    if (denies) {
      target.searchParams.set("error", "access_denied");
      target.searchParams.set("error_description", "the user said no");
    } else {
      const code = `code-${randomUUID()}`;
      codes.set(code, { client, params });
      target.searchParams.set("code", code);
    }
    target.searchParams.set("state", params.state);
    res.redirect(target.href);
  },
  async challengeForAuthorizationCode(_client, code) {
    if (!codes.has(code)) throw new InvalidGrantError("unknown code");
    return codes.get(code).params.codeChallenge;
  },
  async exchangeAuthorizationCode(client, code, _verifier, _redirect, resource) {
    const known = codes.get(code);
    codes.delete(code);
    happened.exchanges += 1;
    happened.resources.push(resource?.href);
    return issue(client.client_id, known.params.scopes ?? []);
  },
  async exchangeRefreshToken(client, token) {
    const known = refresh.get(token);
    if (!known) throw new InvalidGrantError("unknown refresh token");
    refresh.delete(token);
    happened.refreshes += 1;
    return issue(client.client_id, known.scopes);
  },
  async verifyAccessToken(token) {
    const known = access.get(token);
    if (!known) throw new InvalidTokenError("unknown token");
    return { token, clientId: known.clientId, scopes: known.scopes, expiresAt: Math.floor(Date.now() / 1000) + 60 };
  },
};

const app = express();
const listener = app.listen(0, "127.0.0.1", () => {
  const root = `http://127.0.0.1:${listener.address().port}`;
  const unlimited = { rateLimit: false };
  app.use(
    mcpAuthRouter({
      provider,
      issuerUrl: new URL(root),
      resourceServerUrl: new URL(`${root}/mcp`),
      scopesSupported: ["mcp:tools"],
      authorizationOptions: unlimited,
      clientRegistrationOptions: unlimited,
      tokenOptions: unlimited,
    }),
  );
  const protect = requireBearerAuth({
    verifier: provider,
    requiredScopes: [],
    resourceMetadataUrl: `${root}/.well-known/oauth-protected-resource/mcp`,
  });
  app.all("/mcp", protect, express.json(), async (req, res) => {
    const server = new McpServer({ name: "protected", version: "1" });
    server.registerTool("whoami", {}, async (extra) => ({
      content: [{ type: "text", text: `${extra.authInfo.clientId} ${extra.authInfo.scopes.join(" ")}` }],
    }));
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    res.on("close", () => transport.close());
    await server.connect(transport);
    await transport.handleRequest(req, res, req.body);
  });
  app.get("/test", (_req, res) => res.json(happened));
  app.post("/test/:what", (req, res) => {
    if (req.params.what.startsWith("revoke")) access.clear();
    if (req.params.what === "revoke-all") refresh.clear();
    if (req.params.what === "short") lifetime = 0;
    if (req.params.what === "deny") denies = true;
    res.end();
  });
  console.error(`listening ${root}`);
});
