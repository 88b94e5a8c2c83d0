/**
 * Proof that programs which are not ours read what Waybill writes, and the reverse: the Apicurio
 * registry and Confluent's JavaScript client. Only tests live here, and only {@code bin/verify
 * --full} runs them, for they fetch a registry of 159 MB and packages of npm. What is true of our
 * own code alone is tested in the module that has it. docker-compose.yml is held against Compose's
 * own schema here, and against what it must promise; it is not run. Neither is the chart in
 * deploy/helm: Helm itself renders it, and the types of Kubernetes read what comes out. Alert rules
 * and dashboards are Prometheus' own tool's to judge, where there is one.
 */
@NullMarked
package io.waybill.interop;

import org.jspecify.annotations.NullMarked;
