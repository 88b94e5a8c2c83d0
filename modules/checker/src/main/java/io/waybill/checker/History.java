package io.waybill.checker;

import java.util.List;

/** What happened outside Waybill: everything that was submitted, and everything that arrived. */
public record History(List<Submitted> submitted, List<Received> received) {
  public History {
    submitted = List.copyOf(submitted);
    received = List.copyOf(received);
  }
}
