package io.waybill.app;

import java.util.List;

/** One role of a process. Started once, closed once; the questions may be asked by any thread. */
interface RunningRole extends AutoCloseable {
  /** The role's word. */
  String name();

  /** Begins its work; returns before it is ready. */
  void start();

  /**
   * Why it neither works nor will by itself, in words for operators, without anything of a payload;
   * empty when it does or will.
   */
  List<String> whyUnhealthy();

  /** Why it takes no work now, likewise; empty when it has its partitions and works. */
  List<String> whyNotReady();

  /** Whether it has its partitions and works. */
  default boolean isReady() {
    return whyNotReady().isEmpty();
  }

  /** Whether it works, or will by itself. */
  default boolean isHealthy() {
    return whyUnhealthy().isEmpty();
  }

  /** Stops it within bounded time; what was under way is done again by the next start. */
  @Override
  void close();
}
