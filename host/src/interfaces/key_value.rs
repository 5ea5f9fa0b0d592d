//! `fermyon:spin/key-value`: the stores that a component is granted.

use wasmtime::component::Resource;

use crate::bindings::fermyon::spin2_0_0::key_value::{Error, Host, HostStore};
use crate::state::State;
use crate::stores::Store;

impl State {
    fn store(&self, store: &Resource<Store>) -> Result<Store, Error> {
        self.table
            .get(store)
            .cloned()
            .map_err(|error| Error::Other(error.to_string()))
    }
}

impl Host for State {}

impl HostStore for State {
    async fn open(&mut self, label: String) -> Result<Resource<Store>, Error> {
        // Loading the app has checked that every granted store is configured.
        let store = self.grants.stores.get(&label).ok_or(Error::AccessDenied)?;
        self.table
            .push(store.clone())
            .map_err(|_| Error::StoreTableFull)
    }

    async fn get(&mut self, store: Resource<Store>, key: String) -> Result<Option<Vec<u8>>, Error> {
        self.store(&store)?.get(key).await.map_err(Error::Other)
    }

    async fn set(
        &mut self,
        store: Resource<Store>,
        key: String,
        value: Vec<u8>,
    ) -> Result<(), Error> {
        self.store(&store)?
            .set(key, value)
            .await
            .map_err(Error::Other)
    }

    async fn delete(&mut self, store: Resource<Store>, key: String) -> Result<(), Error> {
        self.store(&store)?.delete(key).await.map_err(Error::Other)
    }

    async fn exists(&mut self, store: Resource<Store>, key: String) -> Result<bool, Error> {
        self.store(&store)?.exists(key).await.map_err(Error::Other)
    }

    async fn get_keys(&mut self, store: Resource<Store>) -> Result<Vec<String>, Error> {
        self.store(&store)?.keys().await.map_err(Error::Other)
    }

    async fn drop(&mut self, store: Resource<Store>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}
