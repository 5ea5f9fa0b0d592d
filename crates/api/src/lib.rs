//! The decisions of the public HTTP API: routes, refusals and representations.
//!
//! | method and path | access | purpose |
//! |---|---|---|
//! | `GET /` | anyone | instructions, as text |
//! | `GET /healthz` | anyone | whether the queue and the file store respond |
//! | `POST /register` | anyone | an account, from auth |
//! | `POST /login` | anyone | a token, from auth |
//! | `POST /session` | anyone | a session in a cookie |
//! | `DELETE /session` | anyone | ends the session of the cookie |
//! | `GET /account` | a user | the user's account |
//! | `PATCH /account` | a user | turns mails about jobs on or off |
//! | `DELETE /account` | a user | deletes the account, its jobs and files |
//! | `GET /account/confirm` | anyone | the page of a link that confirms an address |
//! | `POST /account/confirm` | anyone | confirms an address, with the link's token |
//! | `POST /account/confirm/send` | a user | sends that link again |
//! | `POST /account/forgot` | anyone | sends a link to choose another password |
//! | `GET /account/reset` | anyone | the page of that link |
//! | `POST /account/reset` | anyone | sets the password, with the link's token |
//! | `POST /account/password` | a user | changes the password; a new token |
//! | `POST /account/email` | a user | sends a link to a new address |
//! | `GET /account/email/confirm` | anyone | the page of that link |
//! | `POST /account/email/confirm` | anyone | changes the address, with the link's token |
//! | `POST /account/sign-out` | a user | revokes all tokens and sessions |
//! | `GET /account/sessions` | a user | the sessions of the account |
//! | `DELETE /account/sessions/ID` | a user | ends a session |
//! | `GET /.well-known/jwks.json` | anyone | the public keys of tokens, from auth |
//! | `GET /limits` | anyone | the limits of uploads and the defaults of options |
//! | `POST /upload` | a user | files to convert; 202 with their jobs |
//! | `GET /files` | a user | the user's unfinished resumable uploads |
//! | `OPTIONS /files` | anyone | what is supported of tus, the protocol of resumable uploads |
//! | `POST /files` | a user | a resumable upload |
//! | `OPTIONS /files/ID` | anyone | the same as `OPTIONS /files` |
//! | `HEAD /files/ID` | a user | how much of a resumable upload is stored |
//! | `PATCH /files/ID` | a user | writes to a resumable upload, which becomes the job `ID` |
//! | `DELETE /files/ID` | a user | deletes a resumable upload, or the job that it became |
//! | `GET /jobs` | a user | the user's jobs, newest first |
//! | `GET /jobs/ID` | a user | one job |
//! | `POST /jobs/ID` | a user | deletes the job, for forms |
//! | `PATCH /jobs/ID` | a user | renames the job |
//! | `DELETE /jobs/ID` | a user | deletes the job and its files |
//! | `POST /jobs/ID/convert` | a user | converts the video again, with other options |
//! | `GET /jobs/ID/events` | a user | the job's changes (server-sent events) |
//! | `GET /events` | a user | the changes of all jobs (server-sent events) |
//! | `GET /download` | a user | the MP3 of the job `fid`, or a range of it |
//! | `GET /download/zip` | a user | the MP3s of several jobs `fid` as a ZIP |
//! | `GET /admin/overview` | an administrator | queues, failures and counters |
//! | `GET /admin/dead-letters` | an administrator | failed work, newest first |
//! | `POST /admin/dead-letters/ID/requeue` | an administrator | queues the work again |
//! | `DELETE /admin/dead-letters/ID` | an administrator | discards the dead letter |
//! | `GET /metrics` | an administrator or the metrics token | gauges and counters for Prometheus |
//!
//! `HEAD` is supported wherever `GET` is. A user presents a token from auth, as a Bearer token
//! or in the cookie of a session.
//!
//! [`answer()`] takes a request without its body and returns an [`Answer`]: a complete
//! response, a download, a stream of events, or a reader of the request's body. The
//! caller moves the bytes. Everything outside the process is a [`Platform`], so the
//! API is tested natively and in memory.
//!
//! To add a route, add a row to `route.rs` and to the table above. To add a refusal, add
//! a variant to `error.rs` and a row to `problem_kind.rs`. The tests fail until the table of
//! refusals in `tests/` has a request for it.

mod account;
mod answer;
mod auth_proxy;
mod authenticate;
mod body;
mod change_job;
mod credential;
mod dead_letters;
mod dispatch;
mod download;
mod error;
mod events;
mod fields;
mod garbage_collection;
mod health;
mod home;
mod job_queue;
mod jobs;
mod limits;
mod metrics;
mod overview;
mod page;
mod parameters;
mod platform;
pub mod problem_kind;
pub mod route;
mod session;
mod token_watch;
mod tus;
mod upload;
pub mod view;

pub use answer::{Answer, respond};
pub use body::{BodyReader, Progress};
pub use dispatch::answer;
pub use download::Download;
pub use error::Error;
pub use events::EventStream;
pub use job_queue::{JobQueue, UploadQueue};
pub use platform::Platform;
pub use tus::TusError;
