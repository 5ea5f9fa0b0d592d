//! Redis is away when a result is to be recorded.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tonearm_jobs::{Fence, Jobs, JobsError, State};
use tonearm_test_tools::redis_server::RedisServer;
use tonearm_test_tools::require_tool;
use tonearm_worker::{Clock, Conversions, Queue, QueueClient};

use crate::fakes::FakeClock;
use crate::queues::{KEEP, LEASE, accept, mp3};

#[test]
fn a_result_is_recorded_once_redis_is_back() {
    let program = require_tool!("redis-server");
    let server = Rc::new(RefCell::new(RedisServer::durable(program)));
    let jobs = Jobs::new(server.borrow().connect());
    let id = accept(&jobs);
    let clock = Rc::new(FakeClock::default());
    let connect = {
        let server = Rc::clone(&server);
        move || server.borrow().try_connect()
    };
    let client = QueueClient::open(connect, Rc::clone(&clock) as Rc<dyn Clock>).unwrap();
    let queue = Conversions::new(&client, "converter-1".to_owned(), LEASE, KEEP);
    let item = queue.claim().unwrap().unwrap();
    let blob = item.output_blob();
    jobs.stage(&[&blob], LEASE).unwrap();

    server.borrow_mut().kill();
    let mut sleeps = 0;
    let restarted = Rc::clone(&server);
    *clock.on_sleep.borrow_mut() = Some(Box::new(move || {
        sleeps += 1;
        if sleeps == 2 {
            restarted.borrow_mut().restart();
            restarted.borrow().connect();
        }
    }));
    assert_eq!(queue.done(&item, &mp3(blob.clone())).unwrap(), Fence::Held);
    assert_eq!(*clock.slept.borrow(), [1, 2].map(Duration::from_secs));

    let jobs = Jobs::new(server.borrow().connect());
    let job = jobs.get(id, "u1").unwrap().unwrap();
    assert_eq!((job.state, job.mp3), (State::Done, Some(mp3(blob))));
}

#[test]
fn a_result_is_not_recorded_where_redis_stays_away() {
    let program = require_tool!("redis-server");
    let server = Rc::new(RefCell::new(RedisServer::start(program)));
    accept(&Jobs::new(server.borrow().connect()));
    let clock = Rc::new(FakeClock::default());
    let connect = {
        let server = Rc::clone(&server);
        move || server.borrow().try_connect()
    };
    let client = QueueClient::open(connect, Rc::clone(&clock) as Rc<dyn Clock>).unwrap();
    let queue = Conversions::new(&client, "converter-1".to_owned(), LEASE, KEEP);
    let item = queue.claim().unwrap().unwrap();
    server.borrow_mut().kill();
    let result = queue.done(&item, &mp3(item.output_blob()));
    assert!(matches!(result, Err(JobsError::Redis(_))), "{result:?}");
    let waited: Duration = clock.slept.borrow().iter().sum();
    assert_eq!(waited, Duration::from_secs(15));
}
