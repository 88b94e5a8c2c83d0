package io.waybill.app;

import java.util.Map;

/**
 * How safe an acknowledged record must be from the end of a broker.
 *
 * @param replicas of each partition, at least
 * @param inSync how many of them have a record before it is acknowledged, at least
 * @param clean whether no broker that lacks acknowledged records may become leader
 */
record Durability(int replicas, int inSync, boolean clean) {
  static final String MIN_IN_SYNC = "min.insync.replicas";
  static final String UNCLEAN = "unclean.leader.election.enable";

  /** One broker may be lost, and another be away, and nothing acknowledged is gone. */
  static final Durability PROMISED = new Durability(3, 2, true);

  /** Whatever there is. */
  static final Durability ANY = new Durability(1, 1, false);

  /** What so many replicas can give. */
  static Durability of(int replicas) {
    return replicas >= PROMISED.replicas()
        ? new Durability(replicas, PROMISED.inSync(), true)
        : new Durability(Math.max(1, replicas), 1, false);
  }

  /** Settings that a topic is made with, for brokers may have weaker defaults. */
  Map<String, String> settings() {
    return clean ? Map.of(MIN_IN_SYNC, Integer.toString(inSync), UNCLEAN, "false") : Map.of();
  }
}
