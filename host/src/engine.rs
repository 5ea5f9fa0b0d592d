//! The wasmtime engine: compiled modules cached on disk, instances pooled, and guests
//! interrupted so that none holds a thread.

use std::path::Path;
use std::time::Duration;

use wasmtime::{
    Cache, CacheConfig, Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result,
};

/// How long a guest computes before others get a turn on its thread.
const TURN: Duration = Duration::from_millis(10);

/// How many requests and messages can be under way at once with pooled instances.
const MAX_INSTANCES: u32 = 1_000;

/// A component is about this many core modules, a plugin's among them.
const MODULES_PER_INSTANCE: u32 = 8;

/// Makes the engine. Where its large reservation of addresses is not to be had,
/// instances are allocated on demand.
pub fn engine(state_dir: &Path) -> Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.cache(cache(state_dir));
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(MAX_INSTANCES)
        .total_stacks(MAX_INSTANCES)
        .total_core_instances(MAX_INSTANCES * MODULES_PER_INSTANCE)
        .total_memories(MAX_INSTANCES * 2)
        .total_tables(MAX_INSTANCES * MODULES_PER_INSTANCE)
        .table_elements(50_000)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config).or_else(|error| {
        tracing::debug!("allocating instances on demand: {error:#}");
        config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
        Engine::new(&config)
    })?;
    let ticking = engine.weak();
    std::thread::Builder::new()
        .name("epoch".to_owned())
        .spawn(move || {
            while let Some(engine) = ticking.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TURN);
            }
        })?;
    Ok(engine)
}

/// In the user's cache folder, else in the app's state folder, else nowhere.
fn cache(state_dir: &Path) -> Option<Cache> {
    Cache::new(CacheConfig::new())
        .or_else(|_| {
            let dir = std::path::absolute(state_dir)?.join("cache");
            let mut config = CacheConfig::new();
            config.with_directory(dir);
            Cache::new(config)
        })
        .inspect_err(|error| tracing::warn!("no cache for compiled components: {error:#}"))
        .ok()
}
