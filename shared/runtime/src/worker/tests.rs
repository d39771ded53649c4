mod calls;
mod crashes;
mod days;
mod live;
mod parking;
mod property;
mod tape;
mod world;
