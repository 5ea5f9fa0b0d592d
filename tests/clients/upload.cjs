// Uploads a file with tus-js-client, and tries again as long as the server is away.

const fs = require("node:fs");
const tus = require("tus-js-client");

const asked = JSON.parse(process.argv[2]);
const say = (...words) => console.log(...words);

const upload = new tus.Upload(fs.readFileSync(asked.file), {
  endpoint: asked.url,
  headers: { Authorization: `Bearer ${asked.token}` },
  metadata: { filename: asked.name, filetype: "video/mp4" },
  chunkSize: asked.chunk_size || Number.POSITIVE_INFINITY,
  parallelUploads: asked.parallel || 1,
  retryDelays: Array(60).fill(1000),
  ...(asked.storage && {
    urlStorage: new tus.FileUrlStorage(asked.storage),
    fingerprint: async () => asked.file,
  }),
  onUploadUrlAvailable: () => say("url", upload.url),
  onChunkComplete: (_, offset) => say("offset", offset),
  onShouldRetry: (error, attempt, options) => {
    say("retries after", String(error));
    return tus.defaultOptions.onShouldRetry(error, attempt, options);
  },
  onError: (error) => {
    say("failed", String(error));
    process.exitCode = 1;
  },
  onSuccess: () => {
    // The final upload of a concatenation has no other moment.
    say("url", upload.url);
    say("done");
  },
});

(async () => {
  const [former] = asked.storage ? await upload.findPreviousUploads() : [];
  if (former) {
    say("resumed at", former.uploadUrl);
    upload.resumeFromPreviousUpload(former);
  }
  upload.start();
})();
