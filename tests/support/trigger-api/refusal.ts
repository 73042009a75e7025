/** How the platform says no: the body is always `{"error": "…"}`. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
}

export function isRefusal(answer: object): answer is Refusal {
  return "error" in answer && "status" in answer && typeof answer.status === "number";
}
