package io.waybill.sender;

/** The end of one task's way. */
record Ended(Settled settled, Verdict verdict) {}
