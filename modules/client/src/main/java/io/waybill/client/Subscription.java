package io.waybill.client;

/** Something that is being followed. Safe to close from any thread, and more than once. */
public interface Subscription extends AutoCloseable {
  /** Ends it. A change that is being handed over at this moment may still arrive. */
  @Override
  void close();
}
