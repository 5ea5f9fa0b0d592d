//! What the manifest grants one component.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::allowed_hosts::AllowedHosts;
use crate::memory::PeakMemory;
use crate::stores;

/// Everything that the instances of one component may use. Nothing else is reachable.
pub struct Grants {
    /// The component's id.
    pub component: Arc<str>,
    /// Environment variables.
    pub environment: Vec<(String, String)>,
    /// Values by variable name.
    pub variables: HashMap<String, String>,
    /// Allowed network destinations.
    pub allowed_hosts: AllowedHosts,
    /// Key-value stores by label.
    pub stores: HashMap<String, stores::Store>,
    /// SQLite files by label; `None` is a database in memory.
    pub databases: HashMap<String, Option<PathBuf>>,
    /// The peak over all instances.
    pub peak_memory: Arc<PeakMemory>,
}
