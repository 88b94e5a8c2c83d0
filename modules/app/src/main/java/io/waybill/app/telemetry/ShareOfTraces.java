package io.waybill.app.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import java.util.UUID;

/**
 * Keeps a share of the traces, decided by their id, so that every process decides alike. The
 * library's own sampler takes for random what in a UUID is not: of ids made of delivery ids it
 * would keep none up to a share of a half, and from there on too few.
 */
final class ShareOfTraces implements Sampler {
  /** An odd number whose bits look random: multiplied by it, near ids come far apart. */
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private static final double UNIT = 0x1.0p-53;

  private final double share;

  ShareOfTraces(double share) {
    this.share = share;
  }

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> parentLinks) {
    return isKept(traceId) ? SamplingResult.recordAndSample() : SamplingResult.drop();
  }

  boolean isKept(String traceId) {
    return isKept(
        Long.parseUnsignedLong(traceId, 0, 16, 16), Long.parseUnsignedLong(traceId, 16, 32, 16));
  }

  /** The trace whose id a delivery's is. */
  boolean isKept(UUID delivery) {
    return isKept(delivery.getMostSignificantBits(), delivery.getLeastSignificantBits());
  }

  private boolean isKept(long high, long low) {
    long mixed = ((high * MIX) ^ low) * MIX;
    long spread = (mixed ^ (mixed >>> 32)) * MIX;
    return (spread >>> 11) * UNIT < share;
  }

  @Override
  public String getDescription() {
    return "ShareOfTraces{" + share + "}";
  }
}
