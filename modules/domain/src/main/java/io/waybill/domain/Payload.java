package io.waybill.domain;

/**
 * What is delivered.
 *
 * @param type an open word of the publisher's ({@code report}, {@code phi-access}), see {@link
 *     RequestRules}
 * @param data any JSON value
 * @param metadata a JSON object
 */
public record Payload(String type, RawJson data, RawJson metadata) {}
