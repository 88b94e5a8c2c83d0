package io.waybill.app.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.waybill.domain.DeliveryId;
import io.waybill.domain.Reason;
import io.waybill.domain.TraceParent;
import io.waybill.domain.Traces;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends the steps of deliveries to an OpenTelemetry collector, in the background and in batches.
 * What the collector does not take in time is dropped: a delivery never waits for it.
 *
 * <p>A trace that no publisher began has the delivery's id as its trace id, so that who knows the
 * one finds the other.
 */
final class OtlpTraces implements Traces, AutoCloseable {
  private static final Duration EXPORT_WITHIN = Duration.ofSeconds(10);
  private static final long CLOSE_WITHIN_SECONDS = 5;
  private static final AttributeKey<String> DELIVERY =
      AttributeKey.stringKey("waybill.delivery.id");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  /** Whose step is begun by this thread: the library passes nothing on to who makes ids. */
  private static final ThreadLocal<DeliveryId> STEP_OF = new ThreadLocal<>();

  private final SdkTracerProvider provider;
  private final Tracer tracer;
  private final ShareOfTraces share;

  /** Makes the trace id of a delivery's first step; a span id is random. */
  private static final class DeliveryIds implements IdGenerator {
    @Override
    public String generateTraceId() {
      DeliveryId id = STEP_OF.get();
      return id == null ? IdGenerator.random().generateTraceId() : id.toString().replace("-", "");
    }

    @Override
    public String generateSpanId() {
      return IdGenerator.random().generateSpanId();
    }
  }

  /**
   * Begins to send.
   *
   * @param instance names this process
   */
  OtlpTraces(TelemetryConfig.Otlp otlp, String instance) {
    Resource resource =
        Resource.getDefault()
            .merge(
                Resource.create(
                    Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "waybill",
                        AttributeKey.stringKey("service.instance.id"),
                        instance)));
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(tracesOf(otlp))
            .setTimeout(EXPORT_WITHIN)
            .build();
    this.share = new ShareOfTraces(otlp.sampleRatio());
    this.provider =
        SdkTracerProvider.builder()
            .setResource(resource)
            .setIdGenerator(new DeliveryIds())
            .setSampler(Sampler.parentBased(share))
            .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
            .build();
    this.tracer = provider.get("io.waybill");
  }

  private static String tracesOf(TelemetryConfig.Otlp otlp) {
    String endpoint = otlp.endpoint().toString();
    return (endpoint.endsWith("/") ? endpoint : endpoint + "/") + "v1/traces";
  }

  @Override
  public Optional<TraceParent> add(
      Optional<TraceParent> parent, DeliveryId delivery, Supplier<Step> step) {
    if (!isKept(parent, delivery)) {
      // Nearly all, usually: neither a span is made of it nor a header written.
      return parent;
    }
    Step done = step.get();
    SpanBuilder builder =
        tracer
            .spanBuilder(done.name())
            .setParent(parent.map(OtlpTraces::context).orElseGet(Context::root))
            .setSpanKind(kindOf(done.kind()))
            .setStartTimestamp(done.begunAt())
            .setAttribute(DELIVERY, delivery.toString());
    done.attributes().forEach(builder::setAttribute);
    done.failure().map(Reason::code).ifPresent(code -> builder.setAttribute(ERROR, code));
    Span span = start(builder, delivery);
    if (done.failure().isPresent()) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end(done.endedAt());
    SpanContext at = span.getSpanContext();
    return TraceParent.parse(
        "00-" + at.getTraceId() + "-" + at.getSpanId() + "-" + at.getTraceFlags().asHex());
  }

  /** As the sampler decides, but before there is anything to decide about. */
  private boolean isKept(Optional<TraceParent> parent, DeliveryId delivery) {
    return parent.isPresent() ? parent.get().isSampled() : share.isKept(delivery.value());
  }

  private static Span start(SpanBuilder builder, DeliveryId delivery) {
    STEP_OF.set(delivery);
    try {
      return builder.startSpan();
    } finally {
      STEP_OF.remove();
    }
  }

  private static Context context(TraceParent parent) {
    return Context.root()
        .with(
            Span.wrap(
                SpanContext.createFromRemoteParent(
                    parent.traceId(),
                    parent.spanId(),
                    TraceFlags.fromHex(parent.flags(), 0),
                    TraceState.getDefault())));
  }

  private static SpanKind kindOf(Kind kind) {
    return switch (kind) {
      case CONSUMER -> SpanKind.CONSUMER;
      case CLIENT -> SpanKind.CLIENT;
    };
  }

  /** Sends what is left, within some seconds. */
  @Override
  public void close() {
    provider.shutdown().join(CLOSE_WITHIN_SECONDS, TimeUnit.SECONDS);
  }
}
