package io.waybill.client;

import io.waybill.domain.DestinationId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What all types of destinations have. A builder is used by one thread; what it says is judged when
 * it is handed over, all at once.
 *
 * @param <S> the builder itself
 */
public abstract sealed class SpecBuilder<S extends SpecBuilder<S>> implements DestinationSpec
    permits WebhookSpec, EmailSpec, StorageSpec {
  private final Map<String, Object> destination = new LinkedHashMap<>();
  private final Map<String, Object> section = new LinkedHashMap<>();
  private final Map<String, Object> retryConfig = new LinkedHashMap<>();

  SpecBuilder(String organizationId, String label, String type) {
    destination.put("organizationId", organizationId);
    destination.put("label", label);
    destination.put("type", type);
    destination.put("config", Map.of(type, section));
  }

  abstract S self();

  /** Puts a field of the type's section. */
  final S with(String field, Object value) {
    section.put(field, value);
    return self();
  }

  /** An object inside the type's section. */
  @SuppressWarnings("unchecked") // only this class and its own put objects there
  final Map<String, Object> object(String field) {
    return (Map<String, Object>) section.computeIfAbsent(field, name -> new LinkedHashMap<>());
  }

  private S about(String field, Object value) {
    destination.put(field, value);
    return self();
  }

  private S retry(String field, Object value) {
    retryConfig.put(field, value);
    return with("retryConfig", retryConfig);
  }

  /** For people. */
  public S description(String text) {
    return about("description", text);
  }

  /** Requests to the organization's defaults go here too. */
  public S isDefault() {
    return about("isDefault", true);
  }

  /** Who gets its deliveries when it does not, the first choice first. */
  public S fallbackTo(DestinationId... ids) {
    List<Object> all = new ArrayList<>();
    Arrays.stream(ids).map(DestinationId::value).forEach(all::add);
    return about("fallbackDestinationIds", all);
  }

  /** The first of {@link #fallbackTo} is sent when a delivery is still under way after so long. */
  public S fallbackAfter(Duration time) {
    return about("fallbackAfter", time.toMillis());
  }

  /** The longest that one attempt may take. */
  public S timeout(Duration time) {
    return with("timeout", time.toMillis());
  }

  /** Tries after the first one. Without any retry setting the operator's policy holds. */
  public S maxRetries(int tries) {
    return retry("maxRetries", tries);
  }

  /** What passes before the second attempt. */
  public S baseDelay(Duration time) {
    return retry("baseDelay", time.toMillis());
  }

  /** By what each delay is longer than the one before; 1 or more. */
  public S backoffMultiplier(double factor) {
    return retry("backoffMultiplier", factor);
  }

  /** The longest delay between two attempts. */
  public S maxBackoffDelay(Duration time) {
    return retry("maxBackoffDelay", time.toMillis());
  }

  @Override
  public final byte[] json() {
    return JsonData.of(destination).bytes();
  }

  /** Without what it says: there are credentials in it. */
  @Override
  public final String toString() {
    return getClass().getSimpleName() + "[" + destination.get("label") + "]";
  }
}
