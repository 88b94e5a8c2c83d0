package io.waybill.app;

/** One role of a process. Started once, closed once; the questions may be asked by any thread. */
interface RunningRole extends AutoCloseable {
  /** The role's word. */
  String name();

  /** Begins its work; returns before it is ready. */
  void start();

  /** Whether it has its partitions and works. */
  boolean isReady();

  /** Whether it works, or will by itself. */
  boolean isHealthy();

  /** Stops it within bounded time; what was under way is done again by the next start. */
  @Override
  void close();
}
