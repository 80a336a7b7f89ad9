"""What comes in before anything is sent: the plan and its later versions, more vacancies, the audit of documents."""
